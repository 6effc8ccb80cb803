// A real identity provider (npm `oidc-provider`) on a free port of this machine, for the stories of sign-on. It is started
// with one argument of JSON (`redirect`; `at`, the second since 1970 that its clock shows; `port`; `name`, by which this
// machine is called), prints its address, and ends with its standard input. `/control/…` makes it do what providers do on
// bad days.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const wanted = JSON.parse(process.argv[2]);
const CLIENT = 'zhunru';
const SECRET = 'a secret of the program and its provider';

// The clock goes with the story's, which is not that of the machine.
const Real = Date;
let shift = wanted.at ? wanted.at * 1000 - Real.now() : 0;
globalThis.Date = class extends Real {
  constructor(...parts) {
    if (parts.length) super(...parts);
    else super(Real.now() + shift);
  }

  static now() {
    return Real.now() + shift;
  }
};
const { default: Provider } = await import('oidc-provider');
const jose = await import('jose');

const sign = {};
let provider;
let forge = null;
let silent = false;

async function keys(alg) {
  const { privateKey, publicKey } = await jose.generateKeyPair(alg, { extractable: true });
  const kid = randomUUID();
  return { alg, kid, privateKey, publicKey, jwk: { ...(await jose.exportJWK(privateKey)), kid, alg, use: 'sig' } };
}

/** Begins anew with a key that nobody has seen. */
async function begins(alg) {
  sign.now = await keys(alg);
  sign.other = await keys(alg);
  provider = new Provider(issuer, {
    clients: [{
      client_id: CLIENT,
      client_secret: SECRET,
      redirect_uris: [wanted.redirect],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      id_token_signed_response_alg: alg,
      token_endpoint_auth_method: wanted.method ?? 'client_secret_basic',
    }],
    jwks: { keys: [sign.now.jwk] },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'HS256'] },
    claims: { openid: ['sub', 'acr', 'amr'], staff: ['employee'] },
    cookies: { keys: ['a key of the story'] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, employee: `E-${id}` }) }),
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    async loadExistingGrant(ctx) {
      const { client, session } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid staff');
      await grant.save();
      return grant;
    },
    pkce: { required: () => true },
    ttl: { Interaction: 3600, Session: 3600, Grant: 3600, AccessToken: 3600, IdToken: 3600, AuthorizationCode: 60 },
  });
  provider.use(async (ctx, next) => {
    await next();
    if (forge && ctx.path === '/token' && ctx.body?.id_token) ctx.body.id_token = await forged(ctx.body.id_token);
  });
}

/** The same token as somebody would make it who may not; `same` is the one that holds. */
async function forged(token) {
  const claims = jose.decodeJwt(token);
  const { alg, kid, privateKey, publicKey } = sign.now;
  const now = Math.floor(Date.now() / 1000);
  const changes = {
    audience: { aud: 'another' },
    both_audiences: { aud: [CLIENT, 'another'] },
    issuer: { iss: 'http://127.0.0.1:1' },
    nonce: { nonce: 'another' },
    no_nonce: { nonce: undefined },
    expired: { iat: now - 7200, exp: now - 3600 },
    future: { iat: now + 3600, exp: now + 7200 },
    party: { azp: 'another' },
    nobody: { sub: '' },
  };
  const by = (key, header = { alg, kid }) => new jose.SignJWT({ ...claims, ...changes[forge] }).setProtectedHeader(header).sign(key);
  const text = (value) => new TextEncoder().encode(value);
  const part = (value) => jose.base64url.encode(text(JSON.stringify(value)));
  switch (forge) {
    case 'other_key': return by(sign.other.privateKey);
    case 'unknown_key': return by(sign.other.privateKey, { alg, kid: sign.other.kid });
    case 'unsigned': return `${part({ alg: 'none' })}.${part(claims)}.`;
    case 'by_secret': return by(text(SECRET), { alg: 'HS256' });
    case 'by_public_key': return by(text(await jose.exportSPKI(publicKey)), { alg: 'HS256', kid });
    case 'altered': {
      const [head, , signature] = (await by(privateKey)).split('.');
      return `${head}.${part({ ...claims, sub: 'somebody-else' })}.${signature}`;
    }
    default: return by(privateKey);
  }
}

async function read(request) {
  let text = '';
  for await (const part of request) text += part;
  return text;
}

const CONTROLS = {
  keys: ({ alg }) => begins(alg ?? 'RS256'),
  clock: ({ by }) => { shift += by * 1000; },
  forge: ({ how }) => { forge = how; },
  silence: ({ is }) => { silent = is; },
};

const FORM = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><link rel="icon" href="data:,"><title>provider</title>
<main><h1>统一身份认证</h1><form method="post"><label>login <input name="login" required></label>
<label>factor <input name="factor"></label><button name="do" value="enter">登录</button>
<button name="do" value="cancel" formnovalidate>取消</button></form></main></html>`;

async function interacts(request, response) {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    return response.end(FORM);
  }
  const form = new URLSearchParams(await read(request));
  const [login, factor] = [form.get('login'), form.get('factor')];
  const amr = factor ? ['pwd', factor] : ['pwd'];
  const entered = { login: { accountId: login, amr, remember: false } };
  const cancelled = { error: 'access_denied', error_description: 'cancelled' };
  const result = form.get('do') === 'cancel' ? cancelled : entered;
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** A cookie that ends by a clock which no browser has would never be kept. */
function keepsCookies(response) {
  const set = response.setHeader.bind(response);
  const without = (value) => (Array.isArray(value) ? value.map(without) : String(value).replace(/; expires=[^;]*/i, ''));
  response.setHeader = (name, value) => set(name, name.toLowerCase() === 'set-cookie' ? without(value) : value);
}

const server = createServer(async (request, response) => {
  try {
    const path = new URL(request.url, issuer).pathname;
    const control = CONTROLS[path.replace('/control/', '')];
    if (path.startsWith('/control/') && control) {
      await control(JSON.parse(await read(request)));
      return response.end('done');
    }
    if (silent) return undefined;
    keepsCookies(response);
    if (path.startsWith('/interaction/')) return await interacts(request, response);
    return await provider.callback()(request, response);
  } catch (error) {
    console.error(error);
    response.statusCode = 500;
    return response.end();
  }
});
await new Promise((listening) => { server.listen(wanted.port ?? 0, '127.0.0.1', listening); });
const issuer = `http://${wanted.name ?? '127.0.0.1'}:${server.address().port}`;
await begins('RS256');
console.log(issuer);
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
