// Holds the JSON Schema against every system file of a folder and prints what it refuses although the file loads:
//   node scripts/schema-files.js [folder]      (a part of "npm run conformance")
// A file that does not load itself is counted; the schema may refuse it or not.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Ajv } from 'ajv';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = pathToFileURL(`${path.resolve(process.env.FUGE_DIST ?? path.join(root, 'dist'))}/`);
const folder = path.resolve(process.argv[2] ?? path.join(root, '../shared/wild-fuge'));
if (!existsSync(folder)) {
  console.log(`No system files: ${folder} does not exist. Give their folder: node scripts/schema-files.js FOLDER`);
  process.exit(0);
}
const [{ parseYaml }, { Source }, { Report }, { loadSystem }] = await Promise.all(
  ['config/yaml.js', 'config/source.js', 'config/report.js', 'index.js'].map(file => import(new URL(file, dist).href)),
);
const validate = new Ajv({ strict: false }).compile(
  JSON.parse(readFileSync(path.join(root, 'schema/fuge.schema.json'), 'utf8')),
);

let taken = 0;
let broken = 0;
let refused = 0;
for (const file of systemFiles(folder)) {
  const [tree] = parseYaml(new Source(file, readFileSync(file, 'utf8')), new Report());
  const isValid = validate(tree && plain(tree));
  const { system } = await loadSystem(file);
  if (isValid) taken++;
  else if (system === undefined) broken++;
  else {
    refused++;
    console.log(`${path.relative(folder, file)} loads, but the schema refuses it:`);
    for (const { instancePath, message } of validate.errors) console.log(`  ${instancePath} ${message}`);
  }
}
console.log(
  `schema: ${taken} system files pass, ${broken} are refused as by the loader, ${refused} although they load`,
);
process.exit(refused === 0 ? 0 : 1);

function systemFiles(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /^(fuge\d*|system)\.ya?ml$/.test(entry.name))
    .map(entry => path.join(entry.parentPath, entry.name))
    .sort();
}

function plain(node) {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
}
