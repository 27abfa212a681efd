import { ERRORS, MagpieError } from '@magpie/protocol';
import { expect, it } from 'vitest';
import { statusCode } from './constants.ts';
import { ERROR_TABLE, ErrorEvent, toErrorEvent } from './errors.ts';

const numbers = new Set<number>(Object.values(statusCode));

it('every code of ours has a number of theirs', () => {
  expect(Object.keys(ERROR_TABLE).toSorted()).toEqual(Object.keys(ERRORS).toSorted());
  for (const row of Object.values(ERROR_TABLE))
    expect([...numbers]).toEqual(expect.arrayContaining([row.type, row.send ?? 0]));
});

it('reads like a REST failure where apps look', () => {
  const event = toErrorEvent(new MagpieError('PASSWORD_WRONG'));
  expect(event).toBeInstanceOf(ErrorEvent);
  expect(event).not.toBeInstanceOf(Error);
  expect(event).toMatchObject({
    type: 1,
    data: { data: { error: 'invalid_grant', error_description: 'invalid password' } },
  });
});

it('sending has numbers of its own', () => {
  expect(toErrorEvent(new MagpieError('OFFLINE'), 'send').type).toBe(510);
  expect(toErrorEvent(new MagpieError('TIMEOUT'), 'send').type).toBe(512);
  expect(toErrorEvent(new MagpieError('BLOCKED'), 'send').type).toBe(603);
  expect(toErrorEvent(new MagpieError('TIMEOUT')).type).toBe(-1);
});

it('a foreign throw is an unknown failure, and an event passes through', () => {
  expect(toErrorEvent(new Error('boom'))).toMatchObject({ type: -2, message: 'boom' });
  const event = ErrorEvent.create({ type: 205, message: 'x' });
  expect(toErrorEvent(event, 'send')).toBe(event);
});
