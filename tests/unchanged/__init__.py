"""Does everybody still read what they read before? Record two trees, and compare the records.

`python -m tests.unchanged record FOLDER [--tree TREE]` crawls the site of a source tree, `compare`
says what differs between two records, and `pictures` takes screenshots of a served site. It is run
by hand (`make unchanged BEFORE=<commit>`), not by the suite.

The trees may differ in every module: only addresses, commands of manage.py and settings are used.
The clock stands on `clock.START`, so that a record depends on nothing but the tree.
"""
