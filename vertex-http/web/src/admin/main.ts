import { Problem } from '../shared/http';
import { whenSignedOut, whoAmI, type User } from './api';
import { fill, h } from './dom';
import { libraryPage } from './library';
import { signInPage } from './sign-in';

const app = document.getElementById('app')!;

const showSignIn = () => fill(app, signInPage(showLibrary));
const showLibrary = (user: User) => fill(app, libraryPage(user, showSignIn));

whenSignedOut(showSignIn);
whoAmI().then(showLibrary, (failure: unknown) => {
  if (failure instanceof Problem && failure.status === 401) return;
  fill(app, h('main', { className: 'centre' }, h('p', { className: 'panel error' }, String((failure as Error).message))));
});
