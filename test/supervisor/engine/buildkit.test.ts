import { expect, test } from 'vitest';
import { needsBuildKit } from '../../../src/supervisor/engine/buildkit.js';

test.each([
  ['RUN --mount=type=cache,target=/x npm ci', 'RUN --mount'],
  ['run --network=none true', 'RUN --network'],
  ['COPY --from=base --chmod=755 a b', 'COPY --chmod'],
  ['COPY --link a b', 'COPY --link'],
  ['ADD --checksum=sha256:aa http://localhost/x /x', 'ADD --checksum'],
  ['RUN <<EOF', 'RUN <<'],
  ['COPY <<-"EOF" /etc/motd', 'COPY <<'],
  ['FROM --platform=$BUILDPLATFORM node AS build', 'FROM --platform=$BUILDPLATFORM'],
  [`FROM --platform=linux/$${'{TARGETARCH}'} node`, 'FROM --platform=$TARGETARCH'],
])('%s needs BuildKit', (line, what) => {
  expect(needsBuildKit(`# syntax=docker/dockerfile:1\nFROM node\n${line}\n`)).toEqual({ what, line: 3 });
});

test.each([
  'RUN npm ci --mount=x',
  'COPY --from=base --chown=node a b',
  'FROM --platform=linux/amd64 node',
  'RUN cat << EOF',
  'RUN echo $((1<<2))',
  '# RUN --mount=type=cache true',
  'RUN true \\\n  # between\n  RUN --mount=type=cache',
  'ENV A="<<EOF"',
])('%s does not', line => {
  expect(needsBuildKit(`FROM node\n${line}\n`)).toBeUndefined();
});
