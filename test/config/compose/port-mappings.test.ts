import { describe, expect, it } from 'vitest';
import { parsePortMapping } from '../../../src/config/compose/port-mappings.js';

const tcp = { mode: 'ingress', protocol: 'tcp' };

describe('a port mapping', () => {
  it.each([
    ['80', [{ ...tcp, target: 80 }]],
    ['8080:80', [{ ...tcp, target: 80, published: '8080' }]],
    ['8080:80/udp', [{ ...tcp, target: 80, published: '8080', protocol: 'udp' }]],
    ['80/SCTP', [{ ...tcp, target: 80, protocol: 'sctp' }]],
    ['80/', [{ ...tcp, target: 80 }]],
    [':80', [{ ...tcp, target: 80 }]],
    ['0:80', [{ ...tcp, target: 80, published: '0' }]],
    ['0080:0090', [{ ...tcp, target: 90, published: '80' }]],
    ['127.0.0.1::80', [{ ...tcp, host_ip: '127.0.0.1', target: 80 }]],
    ['127.0.0.1:8080:80', [{ ...tcp, host_ip: '127.0.0.1', target: 80, published: '8080' }]],
    ['[::1]:8080:80', [{ ...tcp, host_ip: '::1', target: 80, published: '8080' }]],
    ['::1:8080:80', [{ ...tcp, host_ip: '::1', target: 80, published: '8080' }]],
    ['fe80::2:8080:80', [{ ...tcp, host_ip: 'fe80::2', target: 80, published: '8080' }]],
  ])('%s is one port', (text, expected) => {
    expect(parsePortMapping(text)).toEqual({ ports: expected });
  });

  it('pairs ranges of equal length', () => {
    expect(parsePortMapping('9000-9002:80-82/udp').ports).toEqual(
      [0, 1, 2].map(i => ({ mode: 'ingress', protocol: 'udp', target: 80 + i, published: String(9000 + i) })),
    );
  });

  it('takes any free port for each of a range without host ports', () => {
    expect(parsePortMapping('3000-3001').ports).toEqual([3000, 3001].map(target => ({ ...tcp, target })));
  });

  it('takes any free port of a host range for a single one', () => {
    expect(parsePortMapping('8080-8090:80').ports).toEqual([{ ...tcp, target: 80, published: '8080-8090' }]);
    expect(parsePortMapping('8080-8080:80').ports).toEqual([{ ...tcp, target: 80, published: '8080' }]);
  });

  it.each([
    ['', '"" names no container port: it must be [[ip:]host:]container[/protocol]'],
    ['8080:', '"8080:" names no container port: it must be [[ip:]host:]container[/protocol]'],
    ['/tcp', '"/tcp" names no container port: it must be [[ip:]host:]container[/protocol]'],
    ['80/icmp', '"icmp" in "80/icmp" is none of tcp, udp, sctp'],
    ['http', '"http" in "http" is no port or range of ports: they go from 0 to 65535'],
    ['70000', '"70000" in "70000" is no port or range of ports: they go from 0 to 65535'],
    ['5-3', '"5-3" in "5-3" is no port or range of ports: they go from 0 to 65535'],
    ['1-2-3', '"1-2-3" in "1-2-3" is no port or range of ports: they go from 0 to 65535'],
    ['x:80', '"x" in "x:80" is no port or range of ports: they go from 0 to 65535'],
    [' 80', '" 80" in " 80" is no port or range of ports: they go from 0 to 65535'],
    ['+80', '"+80" in "+80" is no port or range of ports: they go from 0 to 65535'],
    ['8080-8081:80-82', 'the ranges 8080-8081 and 80-82 in "8080-8081:80-82" differ in length'],
    ['localhost:80:80', '"localhost" in "localhost:80:80" is no IP address'],
    ['10.0.1:80:80', '"10.0.1" in "10.0.1:80:80" is no IP address'],
    ['[::1:80:80', '"[::1" in "[::1:80:80" is no IP address'],
    ['fe80::1%eth0:80:80', '"fe80::1%eth0" in "fe80::1%eth0:80:80" is no IP address'],
  ])('%j is refused', (text, problem) => {
    expect(parsePortMapping(text)).toEqual({ problem });
  });
});
