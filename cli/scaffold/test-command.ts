/** How a plugin's test is run: Node takes types out by itself since 22.18; an older one is helped by what sluice brings along. */
export function testCommand(test: string): string {
  return `node ${'typescript' in process.features ? '' : '--import jiti/register '}--test ${test}`;
}
