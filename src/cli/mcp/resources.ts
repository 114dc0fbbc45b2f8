/** What an agent can read as a resource: the system file, and the newest log lines of each service. */
import { readFile } from 'node:fs/promises';
import { type AnswerOptions, answer } from './answer.js';
import { boundText } from './bounds.js';
import { maskSystemFile, Secrets } from './secrets.js';
import { Refusal } from './tool.js';
import { tools } from './tools.js';

export const SYSTEM_FILE_URI = 'fuge://system-file';
export const LOGS_URI = 'fuge://logs/{service}';

/** The text of the system file, with secrets masked. */
export async function readSystemFile({ reach, isRevealing }: AnswerOptions): Promise<string> {
  const file = await reach.file();
  if (file === undefined) throw new Refusal('there is no system file here or in a directory above');
  const text = await readFile(file, 'utf8');
  return boundText(isRevealing ? text : new Secrets([]).mask(maskSystemFile(text)));
}

/** The newest lines of one service, as the tool `logs` tells them. */
export async function readLogs(service: string, options: AnswerOptions): Promise<string> {
  const { text, isError } = await answer(toolNamed('logs'), { services: [service], limit: 200 }, options);
  if (isError) throw new Refusal(text);
  return text;
}

/** The services that have logs; none where nothing can be said of them now. */
export async function loggedServices(options: AnswerOptions): Promise<readonly string[]> {
  const { data } = await answer(toolNamed('list_services'), {}, options);
  const services = (data.services ?? []) as readonly { readonly name: string; readonly type: string }[];
  return services.filter(({ type }) => type !== 'external').map(({ name }) => name);
}

const toolNamed = (name: string) => tools.find(tool => tool.name === name)!;
