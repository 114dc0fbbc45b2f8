/**
 * Where a program of Node listens, as far as its text says so for certain: `listen(3000)`, `listen(process.env.PORT || 3000)`,
 * constants that are used there, and options of well-known tools. A guess would be waited for in vain.
 */

export interface Listening {
  /** Without it, what the variable says. */
  readonly port: number | undefined;
  /** The variable of the environment that changes it; undefined: it is fixed. */
  readonly variable: string | undefined;
}

const DEEPEST = 4;

/** Undefined: it does not listen, or not where one can see it. Two places with different ports are no certainty either. */
export function listeningOf(program: string): Listening | undefined {
  const text = withoutComments(program.slice(0, 200_000));
  const found = [...text.matchAll(/\.\s*listen\s*\(\s*(\{[^}]{0,200}\}|(?:[^,()]|\([^()]*\)){0,200})/g)].flatMap(
    match => {
      const argument = match[1]!.trim();
      const inOptions =
        /\bport\s*:\s*([^,}]+)/.exec(argument)?.[1] ?? (/[{,]\s*port\s*[,}]/.test(argument) ? 'port' : undefined);
      const expression = argument.startsWith('{') ? inOptions : argument;
      const resolved = expression === undefined ? undefined : resolve(expression, text, 0);
      return resolved ? [resolved] : [];
    },
  );
  const [first] = found;
  return first && found.every(one => one.port === first.port && one.variable === first.variable) ? first : undefined;
}

function resolve(expression: string, text: string, depth: number): Listening | undefined {
  if (depth > DEEPEST) return undefined;
  const plain = expression.trim();
  const number = /^['"]?(\d{2,5})['"]?$/.exec(plain)?.[1];
  if (number !== undefined) return listening(number, undefined);
  const variable = /process\s*\.\s*env\s*(?:\.\s*(\w+)|\[\s*['"](\w+)['"]\s*\])/.exec(plain);
  if (variable) {
    const rest = plain.slice(variable.index);
    const fallback = /(?:\|\||\?\?)\s*['"]?(\d{2,5})\b/.exec(rest)?.[1];
    const named = /(?:\|\||\?\?)\s*([A-Za-z_$][\w$]*)/.exec(rest)?.[1];
    const other = fallback === undefined && named !== undefined ? resolve(named, text, depth + 1)?.port : undefined;
    return listening(fallback ?? other?.toString(), variable[1] ?? variable[2]!);
  }
  const setting = /\.get\(\s*['"](\w+)['"]\s*\)$/.exec(plain)?.[1];
  if (setting !== undefined) {
    const set = new RegExp(`\\.set\\(\\s*['"]${setting}['"]\\s*,\\s*((?:[^()]|\\([^()]*\\))+)\\)`).exec(text)?.[1];
    return set === undefined ? undefined : resolve(set, text, depth + 1);
  }
  const name =
    /^(?:Number|parseInt|String)\s*\(\s*([A-Za-z_$][\w$]*)\s*(?:,\s*10\s*)?\)$/.exec(plain)?.[1] ??
    /^\+?\s*([A-Za-z_$][\w$]*)$/.exec(plain)?.[1];
  if (name === undefined) return undefined;
  const safe = name.replaceAll('$', '\\$');
  const constant = new RegExp(`\\b(?:const|let|var)\\s+${safe}\\s*(?::\\s*[\\w |]+)?=\\s*([^;\\n]+)`).exec(text)?.[1];
  if (constant !== undefined) return resolve(constant, text, depth + 1);
  const taken = new RegExp(
    `\\{[^{}]{0,500}\\b${safe}\\b\\s*(?:=\\s*['"]?(\\d{2,5})['"]?)?[^{}]{0,500}\\}\\s*=\\s*process\\s*\\.\\s*env\\b`,
  ).exec(text);
  return taken ? listening(taken[1], name) : undefined;
}

function listening(port: string | undefined, variable: string | undefined): Listening | undefined {
  const number = port === undefined ? undefined : Number(port);
  const isPort = number === undefined || (number >= 1 && number <= 65_535);
  return isPort ? { port: number, variable } : undefined;
}

/** Good enough for finding calls: a `//` behind a colon belongs to an address. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1');
}

/** Tools that take PORT, with the port that they have without it. */
const WITH_PORT: readonly (readonly [RegExp, number])[] = [
  [/\bnext\s+(dev|start)\b/, 3000],
  [/\breact-scripts\s+start\b/, 3000],
  [/\b(nuxt|nuxi)\s+(dev|preview|start)\b/, 3000],
  [/\bremix-serve\b/, 3000],
];
/** Tools of which `--port` or `-p` is the port that they listen on. */
const WITH_OPTION =
  /\b(next|vite|nuxt|nuxi|astro|ng|webpack|webpack-dev-server|http-server|serve|json-server|parcel|vue-cli-service|wrangler)\b/;

/** By the text of a script alone. */
export function listeningOfScript(script: string): Listening | undefined {
  const assigned = /(?:^|\s)(?:cross-env\s+(?:\w+=\S*\s+)*)?PORT=(\d{2,5})\b/.exec(script)?.[1];
  if (assigned !== undefined) return listening(assigned, undefined);
  const option = WITH_OPTION.test(script) ? /(?:--port|\s-p|\s-l)[ =](\d{2,5})\b/.exec(script)?.[1] : undefined;
  if (option !== undefined) return listening(option, undefined);
  const tool = WITH_PORT.find(([pattern]) => pattern.test(script));
  return tool && { port: tool[1], variable: 'PORT' };
}
