// Social security numbers. Only the last four digits leave this service.
import { setTimeout as pause } from 'node:timers/promises';
import { Refusal } from '../common/http.js';

// Numbers that begin with 000 are never given to a person.
const numbers = { 1: '000-12-4821', 2: '000-70-1177', 3: '000-55-9034' };

export const mask = number => number.replaceAll(/\d(?=.*-)/g, '•');

export const routes = {
  'GET /social-security/:id': async ({ params }) => {
    // An office that takes its time: LATENCY_MS says how long.
    await pause(Number(process.env.LATENCY_MS ?? 0));
    if (!Object.hasOwn(numbers, params.id)) throw new Refusal(404, `nothing is known of ${params.id}`);
    return { number: mask(numbers[params.id]) };
  },
};
