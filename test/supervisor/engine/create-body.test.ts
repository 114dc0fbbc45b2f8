import { describe, expect, test } from 'vitest';
import type { Mount, NetworkUse } from '../../../src/container.js';
import { configHash } from '../../../src/supervisor/engine/config-hash.js';
import { type CreateContext, createOrder } from '../../../src/supervisor/engine/create-body.js';
import { LABEL, ownerLabels, ownerOf } from '../../../src/supervisor/engine/labels.js';
import { ownRegistration } from '../../../src/supervisor/registry.js';
import type { ContainerService } from '../../../src/system.js';
import { containerService, port } from '../../rig/system.js';

const use = (engineName: string, more: Partial<NetworkUse> = {}) => ({
  network: engineName,
  engineName,
  aliases: [],
  ipv4: undefined,
  ipv6: undefined,
  mac: undefined,
  priority: 0,
  ...more,
});

const CONTEXT: CreateContext = {
  name: 'shop-web',
  environment: {},
  imageEntrypoint: [],
  labels: {},
  networks: [use('shop_default')],
  networkMode: undefined,
  ipc: undefined,
  pid: undefined,
  volumeName: key => `shop_${key}`,
  extraHosts: [],
  takesManyNetworks: true,
};

// biome-ignore lint/suspicious/noExplicitAny: the body has the shape of the engine's API
function bodyOf(service: Partial<ContainerService>, context: Partial<CreateContext> = {}): any {
  return createOrder(containerService('web', service), { ...CONTEXT, ...context }).body;
}
const mounted = (mount: Mount) => {
  const { Binds, Mounts } = bodyOf({ mounts: [mount] }).HostConfig;
  return { Binds, Mounts };
};
const bind = { type: 'bind', source: '/shop/data', target: '/data', readOnly: false } as const;
const plainBind = { ...bind, createSource: false, propagation: undefined, selinux: undefined };
const volume = {
  type: 'volume',
  source: 'db',
  target: '/db',
  readOnly: false,
  noCopy: false,
  subpath: undefined,
} as const;

test('what a service does not say is left to the image and to the engine', () => {
  expect(bodyOf({})).toEqual({
    Image: 'redis',
    Env: [],
    Labels: {},
    StopTimeout: 10,
    Tty: false,
    OpenStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    ExposedPorts: {},
    HostConfig: {
      NetworkMode: 'shop_default',
      PortBindings: {},
      Binds: [],
      Mounts: [],
      ExtraHosts: [],
      Dns: [],
      DnsSearch: [],
      DnsOptions: [],
      ReadonlyRootfs: false,
      Privileged: false,
      CapAdd: [],
      CapDrop: [],
      SecurityOpt: [],
      GroupAdd: [],
      Devices: [],
      Sysctls: {},
      Ulimits: [],
      RestartPolicy: { Name: 'no' },
      AutoRemove: false,
    },
    NetworkingConfig: { EndpointsConfig: { shop_default: { Aliases: ['web', 'shop-web'] } } },
  });
});

describe('what it runs', () => {
  test.each([
    ['the image’s own', {}, {}],
    ['other arguments', { args: ['a', 'b c'] }, { Cmd: ['a', 'b c'] }],
    ['another entrypoint, which drops the image’s arguments', { entrypoint: ['run'] }, { Entrypoint: ['run'] }],
    ['no entrypoint', { entrypoint: [], args: ['ls'] }, { Entrypoint: [''], Cmd: ['ls'] }],
    ['no arguments to the image’s entrypoint', { args: [] }, { Entrypoint: ['serve', '-x'], Cmd: [] }],
    ['an entrypoint without arguments', { entrypoint: ['run'], args: [] }, { Entrypoint: ['run'], Cmd: [] }],
  ])('%s', (_, service, expected) => {
    const { Entrypoint, Cmd } = bodyOf(service, { imageEntrypoint: ['serve', '-x'] });
    expect({ Entrypoint, Cmd }).toEqual({ Entrypoint: undefined, Cmd: undefined, ...expected });
  });

  test('with its environment, directory, user, names, terminal and labels, ours above its own', () => {
    expect(
      bodyOf(
        {
          workingDir: '/app',
          user: '1000:1000',
          hostname: 'web1',
          domainname: 'shop.test',
          tty: true,
          stdinOpen: true,
          stopSignal: 'SIGQUIT',
          stop: { signal: 'SIGTERM', graceMs: 1500 },
          labels: { team: 'a', [LABEL.service]: 'forged' },
        },
        { environment: { A: '1', B: 'x=y', EMPTY: '' }, labels: { [LABEL.service]: 'web' } },
      ),
    ).toMatchObject({
      Env: ['A=1', 'B=x=y', 'EMPTY='],
      WorkingDir: '/app',
      User: '1000:1000',
      Hostname: 'web1',
      Domainname: 'shop.test',
      Tty: true,
      OpenStdin: true,
      StopSignal: 'SIGQUIT',
      StopTimeout: 2,
      Labels: { team: 'a', [LABEL.service]: 'web' },
    });
  });
});

describe('ports', () => {
  test('are published where the service is reached, or at an address of their own', () => {
    const { ExposedPorts, HostConfig } = bodyOf({
      host: '127.0.0.2',
      ports: [
        port('http=8080:80'),
        port('http2=8081:80', { hostAddress: '0.0.0.0' }),
        port('dns=53/udp'),
        port('six=9000', { hostAddress: '::1' }),
      ],
    });
    expect(ExposedPorts).toEqual({ '80/tcp': {}, '53/udp': {}, '9000/tcp': {} });
    expect(HostConfig.PortBindings).toEqual({
      '80/tcp': [
        { HostIp: '127.0.0.2', HostPort: '8080' },
        { HostIp: '0.0.0.0', HostPort: '8081' },
      ],
      '53/udp': [{ HostIp: '127.0.0.2', HostPort: '53' }],
      '9000/tcp': [{ HostIp: '::1', HostPort: '9000' }],
    });
  });

  test('of a service that is reached by a name are published on the loopback', () => {
    expect(bodyOf({ host: 'localhost', ports: [port('http=80')] }).HostConfig.PortBindings).toEqual({
      '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '80' }],
    });
  });

  test('that nobody declared lead nowhere', () => {
    const { ExposedPorts, HostConfig } = bodyOf({ ports: [port('main=10000', { automatic: true })] });
    expect([ExposedPorts, HostConfig.PortBindings]).toEqual([{}, {}]);
  });
});

describe('mounts', () => {
  test.each<[string, Mount, { Binds?: string[]; Mounts?: object[] }]>([
    [
      'a directory that has to be there',
      plainBind,
      { Mounts: [{ Type: 'bind', Source: '/shop/data', Target: '/data', ReadOnly: false }] },
    ],
    [
      'with propagation',
      { ...plainBind, propagation: 'rshared' },
      {
        Mounts: [
          {
            Type: 'bind',
            Source: '/shop/data',
            Target: '/data',
            ReadOnly: false,
            BindOptions: { Propagation: 'rshared' },
          },
        ],
      },
    ],
    ['a directory that is made', { ...plainBind, createSource: true }, { Binds: ['/shop/data:/data:rw'] }],
    [
      'with a label of SELinux, read only',
      { ...plainBind, readOnly: true, selinux: 'Z', propagation: 'slave' },
      { Binds: ['/shop/data:/data:ro,Z,slave'] },
    ],
    [
      'a path with a colon',
      { ...plainBind, createSource: true, source: '/shop/a:b' },
      { Mounts: [{ Type: 'bind', Source: '/shop/a:b', Target: '/data', ReadOnly: false }] },
    ],
    [
      'a volume, by its name in the engine',
      volume,
      { Mounts: [{ Type: 'volume', Source: 'shop_db', Target: '/db', ReadOnly: false }] },
    ],
    [
      'part of a volume, that is not filled',
      { ...volume, noCopy: true, subpath: 'a/b' },
      {
        Mounts: [
          {
            Type: 'volume',
            Source: 'shop_db',
            Target: '/db',
            ReadOnly: false,
            VolumeOptions: { NoCopy: true, Subpath: 'a/b' },
          },
        ],
      },
    ],
    [
      'an anonymous volume',
      { ...volume, source: undefined, readOnly: true },
      { Mounts: [{ Type: 'volume', Target: '/db', ReadOnly: true }] },
    ],
    [
      'memory',
      { type: 'tmpfs', target: '/tmp', size: 1024, mode: 0o1777 },
      { Mounts: [{ Type: 'tmpfs', Target: '/tmp', TmpfsOptions: { SizeBytes: 1024, Mode: 0o1777 } }] },
    ],
    [
      'memory without limit',
      { type: 'tmpfs', target: '/tmp', size: undefined, mode: undefined },
      { Mounts: [{ Type: 'tmpfs', Target: '/tmp', TmpfsOptions: {} }] },
    ],
  ])('%s', (_, mount, expected) => {
    expect(mounted(mount)).toEqual({ Binds: [], Mounts: [], ...expected });
  });
});

describe('networks', () => {
  const networks = [
    use('front', { aliases: ['www', 'web'], ipv4: '10.0.0.5', mac: '02:42:ac:11:00:99' }),
    use('back', { ipv6: 'fd00::5' }),
  ];
  const front = {
    Aliases: ['web', 'shop-web', 'www'],
    IPAMConfig: { IPv4Address: '10.0.0.5' },
    MacAddress: '02:42:ac:11:00:99',
  };
  const back = { Aliases: ['web', 'shop-web'], IPAMConfig: { IPv6Address: 'fd00::5' } };

  test('know an instance by the name that all instances share, too', () => {
    const instance = containerService('web-2', { instance: { of: 'web', number: 2 } });
    const { body } = createOrder(instance, { ...CONTEXT, networks: [use('front')] });
    expect(body).toMatchObject({
      NetworkingConfig: { EndpointsConfig: { front: { Aliases: ['web-2', 'shop-web', 'web'] } } },
    });
  });

  test('are all told to an engine that takes them', () => {
    const { body, connect } = createOrder(containerService('web'), { ...CONTEXT, networks });
    expect(body).toMatchObject({
      HostConfig: { NetworkMode: 'front' },
      NetworkingConfig: { EndpointsConfig: { front, back } },
    });
    expect(body).not.toHaveProperty('MacAddress');
    expect(connect).toEqual([]);
  });

  test('but the first are connected later on an older engine', () => {
    const { body, connect } = createOrder(containerService('web'), { ...CONTEXT, networks, takesManyNetworks: false });
    expect(body.NetworkingConfig).toEqual({ EndpointsConfig: { front } });
    expect(body.MacAddress).toBe('02:42:ac:11:00:99');
    expect(connect).toEqual([{ network: 'back', endpoint: back }]);
  });

  test('are none where it shares the network of the machine or of another container', () => {
    const service = { extraHosts: ['db:10.0.0.1'] };
    const body = bodyOf(service, { networkMode: 'container:abc', networks, extraHosts: ['api:host-gateway'] });
    expect(body.NetworkingConfig).toEqual({ EndpointsConfig: {} });
    expect(body.HostConfig).toMatchObject({ NetworkMode: 'container:abc', ExtraHosts: ['db:10.0.0.1'] });
  });

  test('bring the names of others besides its own', () => {
    const service = {
      extraHosts: ['db:10.0.0.1'],
      resolver: { servers: ['9.9.9.9'], search: ['a.test'], options: ['x'] },
    };
    expect(bodyOf(service, { extraHosts: ['api:host-gateway'] }).HostConfig).toMatchObject({
      ExtraHosts: ['db:10.0.0.1', 'api:host-gateway'],
      Dns: ['9.9.9.9'],
      DnsSearch: ['a.test'],
      DnsOptions: ['x'],
    });
  });
});

test.each([
  ['none', 'none' as const, { Test: ['NONE'] }],
  [
    'a shell line',
    { kind: 'shell', line: 'curl -f localhost', source: 'curl -f localhost' } as const,
    { Test: ['CMD-SHELL', 'curl -f localhost'] },
  ],
  ['words', { kind: 'argv', argv: ['check', '-v'], source: 'check -v' } as const, { Test: ['CMD', 'check', '-v'] }],
  ['the image’s own', undefined, {}],
])('a health check by %s', (_, check, expected) => {
  const healthcheck =
    check === 'none'
      ? check
      : {
          test: check,
          intervalMs: 1500,
          timeoutMs: 0.5,
          retries: 3,
          startPeriodMs: 10_000,
          startIntervalMs: undefined,
        };
  const timing = { Interval: 1_500_000_000, Timeout: 500_000, Retries: 3, StartPeriod: 10_000_000_000 };
  expect(bodyOf({ healthcheck }).Healthcheck).toEqual(check === 'none' ? expected : { ...expected, ...timing });
});

test('limits and rights are in the engine’s words', () => {
  expect(
    bodyOf(
      {
        resources: {
          memory: 64,
          memoryReservation: 32,
          memorySwap: -1,
          shmSize: 16,
          cpus: 0.1,
          cpuShares: 512,
          pids: 100,
          oomScoreAdj: -500,
        },
        init: true,
        readOnly: true,
        privileged: true,
        capAdd: ['NET_ADMIN'],
        capDrop: ['ALL'],
        securityOpt: ['no-new-privileges'],
        groupAdd: ['audio'],
        devices: ['/dev/fuse', '/dev/sda:/dev/xvda', '/dev/zero:/dev/z:r'],
        sysctls: { 'net.core.somaxconn': '1024' },
        ulimits: { nofile: { soft: 10, hard: 20 } },
        logging: { driver: 'json-file', options: { 'max-size': '1m' } },
      },
      { ipc: 'shareable', pid: 'container:abc' },
    ).HostConfig,
  ).toMatchObject({
    Memory: 64,
    MemoryReservation: 32,
    MemorySwap: -1,
    ShmSize: 16,
    NanoCpus: 100_000_000,
    CpuShares: 512,
    PidsLimit: 100,
    OomScoreAdj: -500,
    Init: true,
    ReadonlyRootfs: true,
    Privileged: true,
    CapAdd: ['NET_ADMIN'],
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    GroupAdd: ['audio'],
    Devices: [
      { PathOnHost: '/dev/fuse', PathInContainer: '/dev/fuse', CgroupPermissions: 'rwm' },
      { PathOnHost: '/dev/sda', PathInContainer: '/dev/xvda', CgroupPermissions: 'rwm' },
      { PathOnHost: '/dev/zero', PathInContainer: '/dev/z', CgroupPermissions: 'r' },
    ],
    Sysctls: { 'net.core.somaxconn': '1024' },
    Ulimits: [{ Name: 'nofile', Soft: 10, Hard: 20 }],
    LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
    IpcMode: 'shareable',
    PidMode: 'container:abc',
  });
});

describe('the hash of a container', () => {
  const hash = (service: Partial<ContainerService> = {}, context: Partial<CreateContext> = {}, ids = ['image']) =>
    configHash(createOrder(containerService('web', service), { ...CONTEXT, ...context }), ids);

  test('is the same whoever makes it, and in whatever order its keys are', () => {
    const made = (id: string) => ownerLabels(ownRegistration(id, '/shop/fuge.yml', 'shop', 0));
    const first = hash({ sysctls: { a: '1', b: '2' } }, { labels: made('1-00000000000a') });
    expect(hash({ sysctls: { b: '2', a: '1' } }, { labels: made('2-00000000000b') })).toBe(first);
  });

  test.each<[string, Parameters<typeof hash>]>([
    ['its arguments', [{ args: ['x'] }]],
    ['its environment', [{}, { environment: { A: '1' } }]],
    ['a label of its own', [{ labels: { team: 'a' } }]],
    ['a network that is connected later', [{}, { networks: [use('a'), use('b')], takesManyNetworks: false }]],
    ['what is behind its image’s name', [{}, {}, ['another']]],
    ['what is behind its network’s name', [{}, {}, ['image', 'network']]],
  ])('is another one with %s', (_, change) => {
    expect(hash(...change)).not.toBe(hash());
  });
});

describe('labels', () => {
  const owner = ownRegistration('812-00000000000a', '/shop/fuge.yml', 'shop', 0);

  test('give back whose something is', () => {
    expect(ownerOf(ownerLabels(owner))).toEqual({ ...owner, pid: 812 });
  });

  test('all begin with what is ours', () => {
    expect(Object.values(LABEL).every(name => name.startsWith('io.fuge.'))).toBe(true);
  });

  test.each([[{}], [{ [LABEL.service]: 'web' }], [{ [LABEL.owner]: 'x-1' }], [{ [LABEL.owner]: '0-1' }]])(
    'of somebody else (%j) name no owner',
    labels => expect(ownerOf(labels)).toBeUndefined(),
  );

  test('without what an older fuge did not write still name an owner', () => {
    expect(ownerOf({ [LABEL.owner]: '812-00000000000a' })).toEqual({
      id: '812-00000000000a',
      pid: 812,
      startTime: null,
      machine: '',
      systemFile: null,
      systemName: '',
      socket: null,
      since: 0,
    });
  });
});
