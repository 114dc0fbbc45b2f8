/** Keys of containers: the image, what runs in it, and what it sees of files. */
import { containerKey } from './container-key.js';

export const CONTAINER_KEYS = [
  containerKey('image', 'text', {
    elsewhere: 'error',
    default: 'none: a container needs it, or build',
    summary:
      'The image to run; with build, the name that the built one gets. A service with run and image can be switched between the two',
    example: 'image: mongo:7',
    origin: 'fuge 2',
  }),
  containerKey('pull_policy', 'pull-policy', {
    default: 'missing',
    summary: 'When the image is fetched; build: it is built at each start of fuge',
    example: 'pull_policy: always',
  }),
  containerKey('platform', 'text', {
    default: "the engine's own",
    summary: 'Operating system and processor of the image',
    example: 'platform: linux/amd64',
  }),
  containerKey('args', 'words', {
    elsewhere: 'error',
    default: "the image's own command",
    summary: "Arguments after the image's entrypoint; an empty list drops the image's own",
    example: 'args: --smallfiles --quiet',
    origin: 'fuge 2',
  }),
  containerKey('command', 'words', {
    default: 'args',
    summary: "Compose's word for args",
    example: 'command: [redis-server, --appendonly, "yes"]',
  }),
  containerKey('entrypoint', 'words', {
    default: "the image's own",
    summary: "What runs in place of the image's entrypoint; the image's command is dropped, too",
    example: 'entrypoint: [/bin/sh, /start.sh]',
  }),
  containerKey('container_name', 'text', {
    default: '<system>-<service>',
    summary: "The container's name in the engine",
    example: 'container_name: shop-db',
  }),
  containerKey('working_dir', 'text', {
    default: "the image's own",
    summary: 'Working directory in the container',
    example: 'working_dir: /srv',
  }),
  containerKey('user', 'text', {
    default: "the image's own",
    summary: 'User, or user:group, that it runs as',
    example: 'user: "1000:1000"',
  }),
  containerKey('group_add', 'strings', {
    default: 'none',
    summary: 'Further groups of that user',
    example: 'group_add: [audio]',
  }),
  containerKey('labels', 'named-values', {
    default: "none but fuge's own",
    summary: 'Labels of the container',
    example: 'labels: {com.example.team: shop}',
  }),
  containerKey('volumes', 'mounts', {
    global: true,
    default: 'none',
    summary:
      "In a service, what is mounted: a source that begins with '.', '/' or '~' is a path relative to the system file (made if it is missing), another one names a volume, and none is a new volume for each container. In fuge_global, settings of named volumes; one without settings need not stand there. Volumes are never removed unless asked",
    example: "volumes: ['./data:/data:ro', 'pages:/var/lib/pages']",
    globalExample: 'volumes: {pages: {name: shop-pages}}',
  }),
  containerKey('tmpfs', 'tmpfs', {
    default: 'none',
    summary: 'Directories in memory',
    example: 'tmpfs: [/run, "/tmp:size=64m"]',
  }),
  containerKey('read_only', 'boolean', {
    default: 'false',
    summary: 'Whether its own files cannot be changed',
    example: 'read_only: true',
  }),
  containerKey('healthcheck', 'healthcheck', {
    default: "the image's own",
    summary:
      "The engine's probe, which says when it is ready unless ready does; a text is run by the container's shell, a list begins with CMD, CMD-SHELL or NONE",
    example: 'healthcheck: {test: [CMD, redis-cli, ping], interval: 2s, retries: 5}',
  }),
  containerKey('stop_signal', 'signal-name', {
    default: "terminate if it is given, else the image's own, else SIGTERM",
    summary: 'The signal that asks it to stop',
    example: 'stop_signal: SIGQUIT',
  }),
  containerKey('init', 'boolean', {
    default: "the engine's own setting",
    summary: 'Whether a small init process runs as pid 1 of the container',
    example: 'init: true',
  }),
  containerKey('stdin_open', 'boolean', {
    default: 'false',
    summary: 'Whether its standard input stays open',
    example: 'stdin_open: true',
  }),
  containerKey('logging', 'logging', {
    default: "the engine's own setting",
    summary: "The engine's log driver; one that can't be read back gives no output here",
    example: 'logging: {driver: json-file, options: {max-size: 10m}}',
  }),
  containerKey('keep', 'boolean', {
    default: 'false',
    summary: 'Whether a stop leaves the container, so that the next start goes on with it if nothing was changed',
    example: 'keep: true',
    origin: 'fuge 3',
  }),
] as const;
