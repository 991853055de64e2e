import { contentId, engineAsked, sessionPath } from './api';
import { browserName, deviceType } from './device';
import { SessionReporter, beaconTo } from './session';
import { chooseLanguage, dictionaries } from './text';
import { View } from './view';
import { Viewer } from './viewer';

const id = contentId(location.pathname);
const language = chooseLanguage(navigator.languages);
document.documentElement.lang = language;

const device = { type: deviceType(navigator), browser: browserName(navigator.userAgent) };
const session = new SessionReporter(device, beaconTo(sessionPath(id ?? '')));

new Viewer(id, engineAsked(location.search), new View(document, dictionaries[language]), session).load();
