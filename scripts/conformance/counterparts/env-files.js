// .env files, and env_file with "format: raw".
import { parseDotenv, parseRawEnv } from '../../../dist/dotenv.js';
import { lookupIn } from '../cases.js';

function envFile(parse) {
  return one => {
    const { values, problems } = parse(one.input, lookupIn(one.env));
    const problem = problems.find(candidate => candidate.kind === 'error');
    if (problem) throw new Error(`line ${problem.line}: ${problem.message}`);
    return { ...one.initial, ...Object.fromEntries(values) };
  };
}

export const dotenv = { run: envFile(parseDotenv) };

export const env_file_raw = { run: envFile(parseRawEnv) };
