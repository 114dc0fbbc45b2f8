// A Compose file's services as real processes: they listen where they are published, find each other, and are watched.
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { comesTo, freePort, openSystem, prints } from '../rig/open-system.js';

const DOCKERFILE = `FROM node:20
ENV PORT=3000 GREETING=hello
WORKDIR /app
COPY . .
CMD ["node", "/app/server.cjs"]
`;
const SERVER = `require('node:http')
  .createServer((request, response) => response.end(process.env.GREETING + ' from ' + process.cwd().split('/').at(-1)))
  .listen(process.env.PORT, () => console.log('listening'));
`;
const CLIENT = `const { readFileSync } = require('node:fs');
fetch(process.env.API_URL)
  .then(answer => answer.text())
  .then(text => console.log(text, readFileSync(process.env.KEY_FILE, 'utf8')));
setInterval(() => {}, 1000);
`;

async function open() {
  const port = await freePort();
  const opened = await openSystem({
    'fuge.yml': `
services:
  web:
    build: { context: web, dockerfile_inline: "FROM node\\nWORKDIR /app\\nCOPY . .\\nCMD node client.cjs" }
    env_file: web.env
    secrets: [key]
    depends_on: { api: { condition: service_healthy } }
    develop: { watch: [{ path: web, action: rebuild, ignore: ["*.md"] }] }
  api:
    build: api
    ports: ["127.0.0.1:${port}:3000"]
    healthcheck: { test: "curl -f http://localhost:3000/ || exit 1", interval: 1s }
secrets: { key: { environment: PATH } }
`,
    'web.env': 'API_URL=http://api:3000/\nKEY_FILE=/run/secrets/key\n',
    'web/client.cjs': CLIENT,
    'api/Dockerfile': DOCKERFILE,
    'api/server.cjs': SERVER,
  });
  return { ...opened, port };
}

test('a process listens where it is published, and others find it by the name that containers use', async () => {
  const { supervisor, until, printed, port } = await open();
  await supervisor.start(['api', 'web']);
  await until(prints('web', 'hello from api'));
  expect(printed('web').join('')).toContain(`hello from api ${process.env.PATH}`);
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello from api');
});

test('a save that develop.watch wants restarts it; one that it ignores does not', async () => {
  const { supervisor, until, events, folder } = await open();
  await supervisor.start(['api', 'web']);
  await until(prints('web', 'hello from api'));
  writeFileSync(join(folder, 'web/readme.md'), 'x');
  appendFileSync(join(folder, 'web/client.cjs'), '// saved\n');
  const restarts = () => events.filter(comesTo('web', 'stopping'));
  await until(event => comesTo('web', 'ready')(event) && restarts().length > 0);
  expect(restarts()).toMatchObject([{ cause: { type: 'files', files: ['client.cjs'] } }]);
});
