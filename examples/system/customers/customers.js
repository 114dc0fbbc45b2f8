// Who our customers are.
import { Refusal } from '../common/http.js';

const customers = [
  { id: 1, name: 'Ada Lindqvist', city: 'Göteborg', since: 2011 },
  { id: 2, name: 'Chidi Okafor', city: 'Lagos', since: 2017 },
  { id: 3, name: 'Noor Haddad', city: 'Lyon', since: 2023 },
];

export const routes = {
  'GET /customers': () => customers,
  'GET /customers/:id': ({ params }) => {
    const customer = customers.find(({ id }) => String(id) === params.id);
    if (!customer) throw new Refusal(404, `there is no customer ${params.id}`);
    return customer;
  },
};
