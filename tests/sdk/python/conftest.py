"""What every test here needs; ../run.sh says how to run them."""

import pytest

# Their assertions are to say what they compared, as those of the tests do.
for module in ("expected", "gateway.clients", "gateway.upstream"):
    pytest.register_assert_rewrite(module)
