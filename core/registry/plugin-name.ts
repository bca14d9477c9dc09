/** What the name of a source, sink, model or middleware may be: it goes into record ids, file names and options. */
export const pluginName = /^[a-z0-9][a-z0-9_-]*$/;
