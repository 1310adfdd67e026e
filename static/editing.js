// The editors' rooms. Every page works without this file.
"use strict";
