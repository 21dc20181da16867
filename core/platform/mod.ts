// Real machines: the hosts under which the roots of core/node run outside the simulator. One kind so far.
export {
  type Clock,
  createKeyFile,
  NodeHost,
  type NodeHostOptions,
  type RootMaker,
  readKeyFile,
  systemClock,
  systemRandom,
  UserFault,
} from './node/mod.ts';
