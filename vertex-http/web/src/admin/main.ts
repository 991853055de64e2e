import { Problem } from '../shared/http';
import { whenSignedOut, whoAmI, type User } from './api';
import { fill, h } from './dom';
import { libraryPage } from './library';
import { signInPage } from './sign-in';
import { storagePage } from './storage';

const app = document.getElementById('app')!;
let signedIn: User | null = null;

function showSignIn(): void {
  signedIn = null;
  fill(app, signInPage(showPage));
}

/** The page that the address names: `#storage`, `#storage/{company}`; the library otherwise. */
function showPage(user: User): void {
  signedIn = user;
  const [name, company] = location.hash.slice(1).split('/');
  const page = name === 'storage' && user.role !== 'user' ? storagePage(user, company ?? user.company_id, showSignIn) : libraryPage(user, showSignIn);
  fill(app, page);
}

window.addEventListener('hashchange', () => signedIn && showPage(signedIn));
whenSignedOut(showSignIn);
whoAmI().then(showPage, (failure: unknown) => {
  if (failure instanceof Problem && failure.status === 401) return;
  fill(app, h('main', { className: 'centre' }, h('p', { className: 'panel error' }, String((failure as Error).message))));
});
