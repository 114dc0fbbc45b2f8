// How far we trust a customer with money: a made-up score that is always the same for the same customer.
import { Refusal } from '../common/http.js';

const LOWEST_SCORE = 300;
const GRADES = [
  ['A', 0.8],
  ['B', 0.6],
  ['C', 0.4],
  ['D', 0],
];

/** The score of a customer, between 300 and `highest`. */
export function scoreOf(id, highest) {
  const share = ((id * 7919 + 421) % 100) / 100;
  const [grade] = GRADES.find(([, from]) => share >= from);
  return { score: Math.round(LOWEST_SCORE + share * (highest - LOWEST_SCORE)), outOf: highest, grade };
}

export const routes = {
  'GET /credit-scores/:id': ({ params }) => {
    const id = Number(params.id);
    if (!Number.isInteger(id) || id < 1) throw new Refusal(400, `"${params.id}" is no customer number`);
    return scoreOf(id, Number(process.env.HIGHEST_SCORE ?? 850));
  },
};
