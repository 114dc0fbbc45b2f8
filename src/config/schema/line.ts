/** The comment by which an editor finds the schema of a system file. */

/** Where the schema of the published package lies. */
export const SCHEMA_ADDRESS = 'https://unpkg.com/fuge@3/schema/fuge.schema.json';

/** The first line of a system file. */
export const SCHEMA_LINE = `# yaml-language-server: $schema=${SCHEMA_ADDRESS}`;
