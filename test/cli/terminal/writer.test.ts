import { describe, expect, it } from 'vitest';
import { type Bottom, Writer } from '../../../src/cli/terminal/writer.js';
import { FakeStream } from '../../rig/fake-terminal.js';

const skippedText = (count: number, sources: readonly string[]) => `(${count} of ${sources.join(' ')})`;
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `line ${from + i}`);

function terminal() {
  const stream = new FakeStream(true);
  const writer = new Writer({ stream, skippedText });
  return { stream, writer };
}

/** A line being typed whose cursor is in the given row of it. */
function typing(stream: FakeStream, rows: number): Bottom {
  return { rowsAbove: () => rows, draw: () => void stream.write('<prompt>') };
}

function log(writer: Writer, source: string, lines: readonly string[]) {
  writer.log(source, lines.length, from => lines.slice(from).join('\n'));
}

describe('a writer on a terminal', () => {
  it('prints above the line being typed: up to its first row, erase, write, draw it again', () => {
    const { stream, writer } = terminal();
    writer.setBottom(typing(stream, 2));
    log(writer, 'api', ['one', 'two']);
    writer.flush();
    expect(stream.text).toBe('\x1b[2A\r\x1b[Jone\ntwo\n<prompt>');
  });

  it('redraws rows that move right above the line being typed, and what is said above them', () => {
    const { stream, writer } = terminal();
    writer.setBottom(typing(stream, 1));
    writer.setRows(['redis 10%', 'web 0%']);
    expect(stream.take()).toBe('\x1b[1A\r\x1b[Jredis 10%\nweb 0%\n<prompt>');
    writer.setRows(['redis 10%', 'web 0%']);
    expect(stream.take()).toBe('');
    writer.setRows(['redis 20%']);
    expect(stream.take()).toBe('\x1b[3A\r\x1b[Jredis 20%\n<prompt>');
    writer.print('hello');
    writer.flush();
    expect(stream.take()).toBe('\x1b[2A\r\x1b[Jhello\nredis 20%\n<prompt>');
    writer.setRows([]);
    expect(stream.take()).toBe('\x1b[2A\r\x1b[J<prompt>');
  });

  it('takes moving rows for as many as they have become in a window that got narrower', () => {
    const { stream, writer } = terminal();
    writer.setRows(['x'.repeat(30), '']);
    expect(stream.take()).toBe(`${'x'.repeat(30)}\n\n`);
    stream.columns = 20;
    writer.setRows(['y']);
    expect(stream.take()).toBe('\x1b[3A\r\x1b[Jy\n');
  });

  it('leaves a line that was typed above the rows that move', () => {
    const { stream, writer } = terminal();
    writer.setBottom(typing(stream, 0));
    writer.setRows(['redis 10%']);
    stream.take();
    writer.endBottom('fuge> ps');
    expect(stream.take()).toBe('\x1b[2A\r\x1b[Jfuge> ps\nredis 10%\n');
    writer.setRows(['redis 20%']);
    expect(stream.take()).toBe('\x1b[1A\r\x1b[Jredis 20%\n');
  });

  it('touches no line that was typed where no row moves', () => {
    const { stream, writer } = terminal();
    writer.setBottom(typing(stream, 0));
    writer.endBottom('fuge> ps');
    writer.print('all well');
    writer.flush();
    expect(stream.text).toBe('all well\n');
  });

  it('takes moving rows off the screen for whoever the terminal is lent to, and for a clear screen', () => {
    const { stream, writer } = terminal();
    writer.setRows(['redis 10%']);
    stream.take();
    writer.suspend();
    expect(stream.take()).toBe('\x1b[1A\r\x1b[J');
    writer.setRows(['redis 20%']);
    expect(stream.take()).toBe('');
    writer.resume();
    expect(stream.take()).toBe('redis 20%\n');
    writer.control('<clear>');
    expect(stream.take()).toBe('\x1b[1A\r\x1b[J<clear>redis 20%\n');
  });

  it('writes nothing at all where nothing waits', () => {
    const { stream, writer } = terminal();
    writer.setBottom(typing(stream, 0));
    writer.flush();
    expect(stream.text).toBe('');
  });

  it('makes one write of many events', () => {
    const { stream, writer } = terminal();
    for (let i = 0; i < 100; i++) log(writer, 'api', [`line ${i}`]);
    expect(stream.text).toBe('');
    writer.flush();
    expect(stream.text).toBe(`${numbers(0, 100).join('\n')}\n`);
  });

  it('flushes by itself', async () => {
    const { stream, writer } = terminal();
    writer.print('hello');
    await expect.poll(() => stream.text).toBe('hello\n');
    writer.print('again');
    await expect.poll(() => stream.text).toBe('hello\nagain\n');
  });

  it('leaves out the oldest lines of a flood, renders only what it shows, and says how many are missing', () => {
    const { stream, writer } = terminal();
    const rendered: number[] = [];
    for (let i = 0; i < 50; i++)
      writer.log(i < 49 ? 'api' : 'web', 1000, from => {
        rendered.push(i);
        return numbers(i * 1000 + from, (i + 1) * 1000).join('\n');
      });
    writer.flush();
    const lines = stream.text.split('\n');
    expect(lines[0]).toBe('(49000 of api)');
    expect(lines.slice(1, 3)).toEqual(['line 49000', 'line 49001']);
    expect(lines.at(-2)).toBe('line 49999');
    expect(rendered).toEqual([49]);
  });

  it('cuts one event that is too long at its beginning', () => {
    const { stream, writer } = terminal();
    log(writer, 'api', numbers(0, 2500));
    writer.flush();
    expect(stream.text.split('\n').slice(0, 2)).toEqual(['(1500 of api)', 'line 1500']);
  });

  it('never leaves out what fuge itself says', () => {
    const { stream, writer } = terminal();
    writer.print('crashed');
    log(writer, 'api', numbers(0, 5000));
    writer.print('ready');
    writer.flush();
    expect(stream.text).toContain('crashed\n');
    expect(stream.text.endsWith('line 4999\nready\n')).toBe(true);
  });

  it('holds on while a slow terminal takes nothing, and shows the newest afterwards', () => {
    const { stream, writer } = terminal();
    stream.stick();
    writer.print('x'.repeat(64 * 1024));
    writer.flush();
    expect(writer.congested).toBe(true);
    stream.take();
    for (let i = 0; i < 20; i++) log(writer, 'api', numbers(i * 1000, (i + 1) * 1000));
    writer.flush();
    expect(stream.text).toBe('');
    stream.unstick();
    writer.flush();
    return expect
      .poll(() => {
        writer.flush();
        return stream.text.split('\n').at(-2);
      })
      .toBe('line 19999');
  });

  it('keeps quiet while another program has the terminal', () => {
    const { stream, writer } = terminal();
    writer.suspend();
    writer.print('ready');
    log(writer, 'api', numbers(0, 5000));
    writer.flush();
    expect(stream.text).toBe('');
    writer.resume();
    writer.flush();
    expect(stream.text.startsWith('(4000 of api)\nready\nline 4000\n')).toBe(true);
  });

  it('updates a status line in place, below what is printed, and cuts it to the width', () => {
    const { stream, writer } = terminal();
    stream.columns = 20;
    writer.setStatus('stopping');
    writer.setStatus('stopping a very long list of services');
    expect(stream.take()).toBe('stopping\r\x1b[Jstopping a very lo…');
    writer.print('gone');
    writer.flush();
    expect(stream.take()).toBe('\r\x1b[Jgone\nstopping a very lo…');
    writer.setStatus('');
    expect(stream.take()).toBe('\r\x1b[J');
  });

  it('takes the short form of a status where the window is narrow', () => {
    const { stream, writer } = terminal();
    stream.columns = 20;
    writer.setStatus('stopping … waiting for a', 'waiting for a');
    expect(stream.take()).toBe('waiting for a');
    stream.columns = 40;
    writer.setStatus('stopping … waiting for a ', 'waiting for a');
    expect(stream.take()).toBe('\r\x1b[Jstopping … waiting for a ');
  });
});

describe('a writer on a pipe', () => {
  it('passes on every line of a flood, without escape codes', async () => {
    const stream = new FakeStream();
    const writer = new Writer({ stream, skippedText });
    for (let i = 0; i < 50; i++) log(writer, 'api', numbers(i * 1000, (i + 1) * 1000));
    await writer.drained();
    expect(stream.text).toBe(`${numbers(0, 50_000).join('\n')}\n`);
  });

  it('keeps the order of encoded and other lines', async () => {
    const stream = new FakeStream();
    const writer = new Writer({ stream });
    writer.print('one');
    writer.writeBytes(Buffer.from('two\n'));
    writer.print('three');
    await writer.drained();
    expect(stream.text).toBe('one\ntwo\nthree\n');
  });

  it('has what it was given, whatever becomes of the bytes afterwards', async () => {
    const stream = new FakeStream();
    const writer = new Writer({ stream });
    stream.stick();
    const bytes = Buffer.from('one\n');
    writer.writeBytes(bytes);
    bytes.write('two\n');
    writer.writeBytes(bytes);
    bytes.fill('!');
    stream.unstick();
    await writer.drained();
    expect(stream.text).toBe('one\ntwo\n');
  });

  it('holds its producers while more than 1 MB waits, and lets them go on afterwards', async () => {
    const stream = new FakeStream();
    const said: string[] = [];
    const writer = new Writer({ stream, flow: { hold: () => said.push('hold'), release: () => said.push('release') } });
    stream.stick();
    for (let i = 0; i < 12; i++) writer.writeBytes(Buffer.alloc(100_000, 'x'));
    expect(said).toEqual(['hold']);
    expect(writer.congested).toBe(true);
    stream.unstick();
    await writer.drained();
    expect(said).toEqual(['hold', 'release']);
    expect(stream.text.length).toBe(1_200_000);
  });

  it('drops everything and holds nobody once its reader is gone', async () => {
    const stream = new FakeStream();
    const said: string[] = [];
    const writer = new Writer({ stream, flow: { hold: () => said.push('hold'), release: () => said.push('release') } });
    stream.stick();
    for (let i = 0; i < 12; i++) writer.writeBytes(Buffer.alloc(100_000, 'x'));
    writer.abandon();
    writer.print('more');
    await writer.drained();
    expect(said).toEqual(['hold', 'release']);
  });

  it('has no bottom, no status line and no controls', async () => {
    const stream = new FakeStream();
    const writer = new Writer({ stream });
    writer.setBottom(typing(stream, 1));
    writer.setStatus('stopping');
    writer.control('\x1b[2J');
    writer.print('x');
    await writer.drained();
    expect(stream.text).toBe('x\n');
  });
});
