// Makes the page easier to look around in; everything can be read without it.
"use strict";
