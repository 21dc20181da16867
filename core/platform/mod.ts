// Real machines: the hosts under which the roots of core/node run outside the simulator. One kind so far.
export {
  type Clock,
  createKeyFile,
  holdFile,
  NodeHost,
  type NodeHostOptions,
  type RootMaker,
  readKeyFile,
  StopRequest,
  type StopSources,
  storedValue,
  systemClock,
  systemRandom,
  UserFault,
  watchOwnNetworks,
} from './node/mod.ts';
