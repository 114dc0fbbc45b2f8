// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of system files look like this
import { describe, expect, it } from 'vitest';
import { interpolate, variablesIn } from '../../src/interpolate.js';

const values: Record<string, string> = { FULL: 'full', EMPTY: '' };
const expand = (text: string) => interpolate(text, name => values[name]);

describe('interpolation', () => {
  it.each([
    ['$FULL-x ${FULL}', 'full-x full'],
    ['${EMPTY-d} ${EMPTY:-d} ${NONE-d} ${FULL:-d}', ' d d full'],
    ['${EMPTY+a} ${EMPTY:+a} ${NONE+a} ${FULL:+a}', 'a   a'],
    ['${NONE:-${EMPTY:-$FULL}}', 'full'],
    ['${NONE:-{"a":{"b":1}}}', '{"a":{"b":1}}'],
    ['$$FULL $${FULL}', '$FULL ${FULL}'],
    ['$5 $( $ $', '$5 $( $ $'],
    ['${FULL:?must} ${EMPTY?must}', 'full '],
  ])('%s', (text, expected) => {
    expect(expand(text)).toEqual({ text: expected, problems: [] });
  });

  it('replaces an unset variable by nothing and says so', () => {
    expect(expand('a $NONE b')).toEqual({
      text: 'a  b',
      problems: [
        {
          kind: 'unset',
          name: 'NONE',
          message: '"$NONE" is replaced by nothing, because NONE is not set',
          offset: 2,
          fragment: '$NONE',
        },
      ],
    });
  });

  it('reports a required variable with its message interpolated', () => {
    expect(expand('${NONE:?set it to $FULL}').problems).toMatchObject([
      { kind: 'required', name: 'NONE', message: 'NONE must be set: set it to full' },
    ]);
    expect(expand('${EMPTY:?}').problems).toMatchObject([{ message: 'EMPTY must be set' }]);
  });

  it.each(['${}', '${', '${ FULL}', '${FULL!}', '${1}'])('finds %s no variable', text => {
    expect(expand(`x ${text}`).problems).toMatchObject([
      { kind: 'invalid', offset: 2, message: `"${text}" is no variable` },
    ]);
  });

  it('gives the offset of a problem inside of a default', () => {
    expect(expand('ab ${NONE:-x${}}').problems).toMatchObject([{ kind: 'invalid', offset: 12, fragment: '${}' }]);
  });

  it('ends at hostile nesting instead of exhausting the stack', () => {
    const text = `${'${a:-'.repeat(20_000)}${'}'.repeat(20_000)}`;
    expect(expand(text).problems).toMatchObject([{ message: 'variables nest deeper than 50 levels' }]);
  });

  it('lists the variables of a text, those of defaults too', () => {
    expect(variablesIn('$A ${B:-$C} $$D')).toEqual([
      { name: 'A', operator: '', argument: '' },
      { name: 'B', operator: ':-', argument: '$C' },
      { name: 'C', operator: '', argument: '' },
    ]);
  });
});
