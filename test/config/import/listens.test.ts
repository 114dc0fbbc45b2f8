import { describe, expect, it } from 'vitest';
import { listeningOf, listeningOfScript } from '../../../src/config/import/listens.js';

describe('where a program listens', () => {
  it.each([
    ['server.listen(3000)', 3000, undefined],
    ["app.listen('8080', () => {})", 8080, undefined],
    ['app.listen({ host: "0.0.0.0", port: 3001 })', 3001, undefined],
    ['const port = 4000;\napp.listen(port)', 4000, undefined],
    ['app.listen(process.env.PORT)', undefined, 'PORT'],
    ['app.listen(process.env.PORT || 3000, cb)', 3000, 'PORT'],
    ['await app.listen(process.env.PORT ?? 3000)', 3000, 'PORT'],
    ["const port = Number(process.env.PORT || '5000');\nserver.listen(port)", 5000, 'PORT'],
    ["const port = normalizePort(process.env.PORT || '3000');\nserver.listen(port)", 3000, 'PORT'],
    ['const port = parseInt(process.env.API_PORT) || 4001\nserver.listen(port)', 4001, 'API_PORT'],
    ['const { PORT = 3000 } = process.env; app.listen(PORT)', 3000, 'PORT'],
    ['const { PORT } = process.env; app.listen(Number(PORT))', undefined, 'PORT'],
    ['const fallback = 3003; const port = process.env.PORT || fallback; app.listen(port)', 3003, 'PORT'],
    ["app.set('port', process.env.PORT || 3000); app.listen(app.get('port'))", 3000, 'PORT'],
    ['const port = process.env["PORT"] || 3000; fastify.listen({ port }, done)', 3000, 'PORT'],
  ])('is read where it is certain: %s', (text, port, variable) => {
    expect(listeningOf(text)).toEqual({ port, variable });
  });

  it.each([
    'console.log("no server")',
    '// app.listen(3000)',
    '/* app.listen(3000) */',
    'app.listen(config.port)',
    'app.listen("/tmp/a.sock")',
    'a.listen(3000); b.listen(4000)',
    'app.listen(port)',
    'app.listen(0)',
    'app.listen(99999)',
  ])('is no guess: %s', text => {
    expect(listeningOf(text)).toBeUndefined();
  });

  it('is not taken for long by a text that is made to be slow', () => {
    expect(listeningOf(`app.listen(${'('.repeat(50_000)}`)).toBeUndefined();
    expect(listeningOf(`app.listen(PORT); {${' PORT'.repeat(39_000)}`)).toBeUndefined();
    expect(listeningOf('x.listen('.repeat(20_000))).toBeUndefined();
  });

  it.each([
    ['PORT=4000 node a.js', 4000, undefined],
    ['cross-env A=1 PORT=4000 node a.js', 4000, undefined],
    ['vite --port 5000', 5000, undefined],
    ['next dev -p 3100', 3100, undefined],
    ['next dev', 3000, 'PORT'],
    ['react-scripts start', 3000, 'PORT'],
  ])('is in a script: %s', (script, port, variable) => {
    expect(listeningOfScript(script)).toEqual({ port, variable });
  });

  it.each(['vite', 'node a.js', 'mkdir -p 3000', 'nodemon server.js'])('is not in: %s', script => {
    expect(listeningOfScript(script)).toBeUndefined();
  });
});
