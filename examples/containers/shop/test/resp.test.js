import assert from 'node:assert/strict';
import test from 'node:test';
import { createReader, encode, RedisError } from '../../common/resp.js';

test('a command is written with the length of each word in bytes', () => {
  assert.equal(encode(['SET', 'tea', 'für']), '*3\r\n$3\r\nSET\r\n$3\r\ntea\r\n$4\r\nfür\r\n');
});

test('answers are read wherever they are cut', () => {
  const bytes = Buffer.from('+OK\r\n:42\r\n$4\r\nfür\r\n$-1\r\n*2\r\n$1\r\na\r\n*0\r\n-ERR no\r\n');
  const expected = ['OK', 42, 'für', null, ['a', []], new RedisError('ERR no')];
  for (let at = 0; at <= bytes.length; at++) {
    const read = createReader();
    assert.deepEqual([...read(bytes.subarray(0, at)), ...read(bytes.subarray(at))], expected);
  }
});

test('what is not Redis is said to be', () => {
  assert.throws(() => createReader()(Buffer.from('HTTP/1.1 400 Bad Request\r\n')), {
    message: 'this is not Redis: "HTTP/1.1 400 Bad Request"',
  });
});
