/** Reads what the engine says while it pulls or builds; an error that it says within becomes one that is thrown. */
import type { IncomingMessage } from 'node:http';
import { engineError } from './api.js';
import { EngineError } from './engine.js';
import { jsonLines } from './json-lines.js';
import type { ProgressJson } from './progress.js';

export interface ProgressLine extends ProgressJson {
  /** Text of a build. */
  stream?: string;
  aux?: { ID?: string };
  error?: string;
  errorDetail?: { code?: number; message?: string };
}

/** Settles when the work is done; rejects with an {@link EngineError}, or with the signal's reason. */
export async function readProgress(
  response: IncomingMessage,
  heard: (line: ProgressLine) => void,
  signal: AbortSignal,
): Promise<void> {
  let refusal: EngineError | undefined;
  const read = jsonLines(value => {
    const line = value as ProgressLine;
    if (line.error === undefined && line.errorDetail === undefined) return heard(line);
    const { code, message } = line.errorDetail ?? {};
    // The answer began with 200 before it was known; a build gives the exit code of its command.
    const status = code !== undefined && code >= 400 && code < 600 ? code : 500;
    refusal = new EngineError(message || line.error || 'it gave no reason', { status });
  });
  try {
    for await (const chunk of response) read(chunk as Buffer);
    read();
  } catch (error) {
    throw signal.aborted ? signal.reason : (refusal ?? engineError(error));
  }
  if (refusal) throw refusal;
}
