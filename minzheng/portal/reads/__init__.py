"""What pages ask: questions with a scope, answered as frozen values. No page or template knows a table."""
