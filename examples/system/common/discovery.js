// Where the other services are, as fuge tells it: NAME_SERVICE_HOST and NAME_SERVICE_PORT, in Kubernetes' spelling.

/** The base URL of a service, or undefined if nobody told us of it. */
export function lookUp(service, env = process.env) {
  const name = service.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
  const host = env[`${name}_SERVICE_HOST`];
  const port = env[`${name}_SERVICE_PORT`];
  return host && port ? `http://${host}:${port}` : undefined;
}
