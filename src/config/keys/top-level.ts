/** Keys at the top of a system file; every other one there is a service. */
export const TOP_LEVEL_KEYS = [
  {
    key: 'fuge_global',
    summary: 'Settings for the whole system and defaults for its services',
    example: 'fuge_global: {tail: true}',
    origin: 'fuge 2',
  },
  {
    key: 'include',
    summary:
      'Compose files whose services are part of the system; a service of the same name here replaces theirs whole',
    example: 'include: [docker-compose.yml]',
    origin: 'fuge 2',
  },
  { key: 'name', summary: 'The name of the system', example: 'name: shop', origin: 'fuge 3' },
] as const;
