// For each file of cases, by its name, the function of ours that answers them: every export of the files in counterparts/.
// `run` throws where the input is an error; `expected` says what a case expects, if it is not its key of that name.
import { readdirSync } from 'node:fs';

const folder = new URL('counterparts/', import.meta.url);
const modules = await Promise.all(readdirSync(folder).map(file => import(new URL(file, folder).href)));

export const counterparts = Object.assign({}, ...modules);
