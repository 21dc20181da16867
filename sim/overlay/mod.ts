// A multi-hop network in a world, as data (plan.ts), as ground (ground.ts) and as it runs (overlay.ts): the roots of
// core/node on simulated hosts, browsers that use the client as any program would (browser.ts, visit.ts), websites
// and a resolver behind TLS (tls-service.ts, website.ts, resolver.ts). Traffic comes to visits (traffic-visits.ts),
// calls and games to messages on a stream (talk.ts).
export { Browser } from './browser.ts';
export { TEST_NETWORK_ANCHOR, TEST_NETWORK_CHAIN, TEST_NETWORK_KEY } from './certificates.ts';
export { browserIp, browserName, deskIp, type NamedPipe } from './ground.ts';
export { Overlay, type OverlayHooks } from './overlay.ts';
export { OverlayGround, PARTS } from './overlay-ground.ts';
export {
  type Attachment,
  type ClientPlan,
  DOT_PORT,
  type NatPlan,
  NODE_PORT,
  type NodePlan,
  type OverlayPlan,
  PROXY_PORT,
  RESOLVER_NAME,
  WEB_PORT,
  type WebsitePlan,
} from './plan.ts';
export { ResolverSession, type Zone, zoneOf } from './resolver.ts';
export { type Asking, type Session, TlsService } from './tls-service.ts';
export { withTraffic } from './traffic-visits.ts';
export { Visit, type VisitPlan } from './visit.ts';
export { REQUEST_HEAD_LEN, Website } from './website.ts';
