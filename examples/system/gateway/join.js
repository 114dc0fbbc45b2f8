// One answer from three services: asked at the same time, and a part that fails does not take the others with it.
import { lookUp } from '../common/discovery.js';

const PATIENCE_MS = 1_000;

/** The parts of the joined answer, each with the service that knows it. */
const parts = { customer: 'customers', creditScore: 'credit-scores', socialSecurity: 'social-security' };

/** Everything about a customer, or undefined if the customers service says that there is none. */
export async function joinCustomer(id, env = process.env) {
  const answers = await Promise.all(
    Object.entries(parts).map(async ([part, service]) => [part, await ask(service, id, env)]),
  );
  const joined = Object.fromEntries(answers);
  if (joined.customer.unknown) return undefined;
  for (const part of Object.values(joined)) delete part.unknown;
  return { id, ...joined };
}

async function ask(service, id, env) {
  const base = lookUp(service, env);
  if (!base) return { unavailable: `nobody told us where ${service} is` };
  try {
    const response = await fetch(`${base}/${service}/${id}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const body = await response.json();
    if (response.ok) return body;
    return { unavailable: body.error, unknown: response.status === 404 };
  } catch (error) {
    const slow = error.name === 'TimeoutError';
    return { unavailable: slow ? `${service} took longer than ${PATIENCE_MS} ms` : `${service} does not answer` };
  }
}
