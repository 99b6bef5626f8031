import { register } from 'node:module';

/*
 * node --import plant-mistake.mjs main.js, with MISTAKE: changes one line of a shared module as it is loaded, so that a
 * crash test can be seen to fail. A mistake that does not find its line ends the process.
 */
register(new URL('./mistake-loader.mjs', import.meta.url));
