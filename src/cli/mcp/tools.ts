/** The table of the tools for coding agents: the server and docs/mcp.md are made from it. */
import type { Tool } from './tool.js';
import { explainTools } from './tools/explain.js';
import { logTools } from './tools/logs.js';
import { see } from './tools/see.js';
import { steering } from './tools/steer.js';

export const tools: readonly Tool[] = [...see, ...logTools, ...explainTools, ...steering];

/** Those that are offered; without control only what changes nothing. */
export function offeredTools(mayControl: boolean): readonly Tool[] {
  return tools.filter(({ effect }) => mayControl || effect === 'reads');
}
