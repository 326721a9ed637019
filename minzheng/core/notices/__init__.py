"""What people are told: messages inside the site, text messages, letters on paper."""
