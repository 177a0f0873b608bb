// Swagger UI in the page's language, with a filter over paths and summaries, and a form that logs in for Try it out.
/* global SwaggerUIBundle */
import { olderDocument } from './older.js';
import { anchor, keepPlace, operationIn } from './place.js';

const { lang } = document.documentElement;
const form = document.getElementById('login');
const who = document.getElementById('who');
const leave = document.getElementById('leave');

/** A tag keeps the operations that have every word: in its name, their method, path, summary or id. */
const matching = (tags, phrase) => {
  const words = phrase.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (name) => (one) => {
    const operation = one.get('operation');
    const text = [
      name,
      one.get('method'),
      one.get('path'),
      operation.get('summary'),
      operation.get('operationId'),
    ]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return tags
    .map((tag, name) => tag.update('operations', (operations) => operations.filter(has(name))))
    .filter((tag) => tag.get('operations').size > 0);
};

/** What is found is shown: few tags are opened by themselves. */
const FEW = 6;
const Filter = () => ({
  fn: { opsFilter: matching },
  statePlugins: {
    layout: {
      wrapActions: {
        updateFilter:
          (update, { specSelectors, layoutActions }) =>
          (phrase) => {
            const answer = update(phrase);
            const found = phrase ? matching(specSelectors.taggedOperations(), phrase) : [];
            if (found.size <= FEW)
              for (const name of found.keySeq()) layoutActions.show(['operations-tag', name], true);
            return answer;
          },
      },
    },
  },
});

const response = await fetch(`/api/v1/openapi.json?lang=${lang}`);
// Asked is whoever gave this page.
const spec = { ...olderDocument(await response.json()), servers: [{ url: location.origin }] };

/** The tag and the operation of `#/tag/operation`. The tag may be that of the other language, or its number. */
function placeHere() {
  const [, tag = '', id] = anchor().split('/');
  const numbered = /^\d+$/.test(tag) ? spec.tags[tag]?.name : undefined;
  return { tag: operationIn(spec, id)?.tags[0] ?? numbered ?? tag, id };
}
const hashOf = (...parts) => `#/${parts.filter(Boolean).map(encodeURIComponent).join('/')}`;
const begun = placeHere();
if (begun.tag) history.replaceState(null, '', hashOf(begun.tag, begun.id));
keepPlace(() => {
  const { tag, id } = placeHere();
  const number = spec.tags.findIndex(({ name }) => name === tag);
  return number < 0 ? '' : hashOf(String(number), id);
});

/** What stands in the filter; empty without a word. */
const phraseOf = ({ layoutSelectors }) => {
  const phrase = layoutSelectors.currentFilter();
  return typeof phrase === 'string' ? phrase.trim() : '';
};

/** The filter stands first, and what it finds below it: on a phone the introduction fills more than the screen. */
const FilterFirst = () => ({
  wrapComponents: {
    operations:
      (Operations, { React }) =>
      (props) => {
        const phrase = phraseOf(props);
        const found = phrase ? matching(props.specSelectors.taggedOperations(), phrase) : null;
        return found?.size === 0
          ? React.createElement('p', { className: 'nothing', role: 'status' }, document.body.dataset.none)
          : React.createElement(Operations, props);
      },
    FilterContainer:
      (Filter, { React }) =>
      ({ isFirst, ...props }) =>
        isFirst ? React.createElement(Filter, props) : null,
    InfoContainer:
      (Info, { React, getComponent, ...system }) =>
      (props) =>
        React.createElement(
          React.Fragment,
          null,
          React.createElement(getComponent('FilterContainer', true), { isFirst: true }),
          phraseOf(system) === '' && React.createElement(Info, props),
        ),
  },
});

/** The document is here already; Swagger UI would write it down and read it again, as YAML. */
const Parsed = () => ({
  statePlugins: {
    spec: {
      wrapActions: {
        parseToJson:
          (_parse, { specActions }) =>
          () =>
            specActions.updateJsonSpec(spec),
      },
    },
  },
});

const ui = SwaggerUIBundle({
  spec,
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: -1,
  filter: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [Filter, FilterFirst, Parsed],
  layout: 'BaseLayout',
  // Answers come in the language of the page.
  requestInterceptor: (request) => {
    const named = Object.keys(request.headers).some((name) => name.toLowerCase() === 'accept-language');
    if (!named) request.headers['Accept-Language'] = lang;
    return request;
  },
});

const words = document.body.dataset.filter;
new MutationObserver((_changes, observer) => {
  const filter = document.querySelector('.operation-filter-input');
  if (!filter) return;
  observer.disconnect();
  filter.placeholder = words;
  filter.setAttribute('aria-label', words);
}).observe(document.getElementById('swagger-ui'), { childList: true, subtree: true });

const post = (path, body, token) =>
  fetch(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'accept-language': lang,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify(body),
  });
/** In this page's memory alone: a page that is loaded again knows nobody. */
let session = null;
/** Of a login that waits for its second step. */
let challenge = null;

/** The first step asks for a name and a password, the second for a code of the second factor alone. */
function askFor(step) {
  challenge = step;
  for (const input of form.querySelectorAll('input'))
    input.hidden = input.disabled = (input.name === 'code') !== (step !== null);
  form.elements.code.value = '';
  if (step) form.elements.code.focus();
}

function refused({ code, message, details = {} }) {
  who.classList.add('failed');
  if (code === 'SECOND_FACTOR_REQUIRED') {
    const { challenge_token, is_enrolled } = details;
    if (is_enrolled) askFor(challenge_token);
    who.textContent = is_enrolled ? message : document.body.dataset.enrol;
    return;
  }
  // A challenge that is over begins with the password again.
  if (code === 'AUTH_003') askFor(null);
  const fields = Object.entries(details).map(([name, value]) => `${name}: ${value}`);
  who.textContent = [message, ...fields].join(' · ');
}

async function logIn() {
  const { username, password, tenant, code } = Object.fromEntries(new FormData(form));
  who.textContent = '…';
  who.classList.remove('failed');
  try {
    const response = challenge
      ? await post('/api/v1/auth/login/second-factor/', { challenge_token: challenge, code })
      : await post('/api/v1/auth/login/', { username, password, ...(tenant ? { tenant } : {}) });
    const body = await response.json();
    if (!response.ok) return refused(body.error);
    session = body.data;
    ui.preauthorizeApiKey('bearer', session.access_token);
    const { user, tenant: home } = session;
    who.textContent = [user.username, user.role, home?.name].filter(Boolean).join(' · ');
    form.reset();
    askFor(null);
    form.hidden = true;
    leave.hidden = false;
  } catch (error) {
    who.classList.add('failed');
    who.textContent = String(error);
  }
}
/** One login at a time: of two that were sent at once, one session would be left open. */
let isLoggingIn = false;
form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (isLoggingIn) return;
  isLoggingIn = true;
  void logIn().finally(() => {
    isLoggingIn = false;
  });
});

const logOutAs = ({ access_token, refresh_token }) =>
  post('/api/v1/auth/logout/', { refresh_token }, access_token);
/** Ends the session at the platform. An access token that has ended is renewed for it: the refresh token would live on. */
async function endSession(ending) {
  const response = await logOutAs(ending);
  if (response.status !== 401) return response;
  const renewed = await post('/api/v1/auth/refresh/', { refresh_token: ending.refresh_token });
  return renewed.ok ? logOutAs((await renewed.json()).data) : renewed;
}

/** This page forgets who it was at once; that the platform does not know of it, or had ended the session, is said. */
async function logOut() {
  const ending = session;
  session = null;
  ui.authActions.logout(['bearer']);
  form.hidden = false;
  leave.hidden = true;
  who.textContent = '…';
  who.classList.remove('failed');
  try {
    const response = await endSession(ending);
    if (response.ok) who.textContent = '';
    else if (response.status === 401) who.textContent = document.body.dataset.ended;
    else refused((await response.json()).error);
  } catch (error) {
    who.classList.add('failed');
    who.textContent = `${document.body.dataset.stays} · ${error}`;
  }
}
leave.addEventListener('click', () => void logOut());
