/** Forms in which an answer is printed. */
export const answerFormats = ['table', 'csv', 'json'] as const;

export type AnswerFormat = (typeof answerFormats)[number];
