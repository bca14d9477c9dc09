/**
 * Version of the plugin API, in semver: what `sluice/plugin` exports, and what is called when. It has a major of its own,
 * so that a release of sluice which changes nothing for plugins asks nothing of their authors.
 */
export const pluginApiVersion = '1.0.0';
