namespace EdgeAI.Browser.Tests.Page;
