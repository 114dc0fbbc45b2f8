// Short forms of ports, volumes and hosts, and names of projects.
import { parseExtraHosts } from '../../../dist/config/compose/extra-hosts.js';
import { parsePortMapping } from '../../../dist/config/compose/port-mappings.js';
import { parseVolumeMount } from '../../../dist/config/compose/volume-mounts.js';
import { normaliseProjectName } from '../../../dist/config/project-name.js';
import { takeFrom } from '../cases.js';

export const ports = {
  // The cases leave out a target of 0.
  run: one =>
    takeFrom(parsePortMapping(one.input), 'ports').map(({ target, ...port }) => (target ? { ...port, target } : port)),
};

export const volumes = { run: one => takeFrom(parseVolumeMount(one.input), 'mount') };

export const extra_hosts = { run: one => Object.fromEntries(takeFrom(parseExtraHosts(one.input), 'hosts')) };

export const project_names = { run: one => normaliseProjectName(one.input) };
