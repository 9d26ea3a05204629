/** Loaded before `bin/app.ts`, so that one finding of cdk-nag is acknowledged by nobody. */

import { ACKNOWLEDGEMENTS, type Acknowledgement } from '../src/acknowledgements.ts';

(ACKNOWLEDGEMENTS as Acknowledgement[]).shift();
