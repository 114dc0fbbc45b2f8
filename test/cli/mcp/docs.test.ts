// docs/mcp.md says what the table of the tools says.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LARGEST } from '../../../src/cli/mcp/bounds.js';
import { LOGS_URI, SYSTEM_FILE_URI } from '../../../src/cli/mcp/resources.js';
import type { Tool } from '../../../src/cli/mcp/tool.js';
import { tools } from '../../../src/cli/mcp/tools.js';

const page = readFileSync(fileURLToPath(new URL('../../../docs/mcp.md', import.meta.url)), 'utf8');

/** A table row: what is needed stands first, the rest in brackets. */
function rowOf({ name, title, input }: Tool): string {
  const { properties, required = [] } = input;
  const names = Object.keys(properties);
  const args = [
    ...names.filter(each => required.includes(each)).map(each => `\`${each}\``),
    ...names.filter(each => !required.includes(each)).map(each => `[\`${each}\`]`),
  ];
  return `| \`${name}\` | ${args.join(' ')} | ${title} |`.replace('|  |', '| |');
}

const rows = page.split('\n').map(line => line.replace(/ +/g, ' '));

describe('docs/mcp.md', () => {
  it('has a row for each tool, with its arguments', () => {
    expect(rows.filter(row => /^\| `\w+` \|/.test(row))).toEqual([
      ...tools.filter(({ effect }) => effect === 'reads').map(rowOf),
      ...tools.filter(({ effect }) => effect !== 'reads').map(rowOf),
    ]);
  });

  it('names the resources and the bound', () => {
    expect(page).toContain(`\`${SYSTEM_FILE_URI}\``);
    expect(page).toContain(`\`${LOGS_URI}\``);
    expect(page).toContain(`${LARGEST / 1024} KB`);
  });

  it('shows settings that are JSON and start fuge mcp', () => {
    const blocks = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text]) => JSON.parse(text!));
    const servers = blocks.map(block => (block.mcpServers ?? block.servers).fuge);
    expect(servers.length).toBeGreaterThanOrEqual(3);
    expect(servers.filter(({ command, args }) => ![command, ...args].join(' ').includes('fuge mcp'))).toEqual([]);
  });
});
