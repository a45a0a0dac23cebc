"""What a result would be under other choices of the rules: electricity, allocation, scrap, time, transport, prices."""
