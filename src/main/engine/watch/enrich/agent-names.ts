/** Names by which agents call themselves, in small letters, as they stand before a version or between spaces. */
const named = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Browsers that a program drives, and what drives them. */
export const headless = named(`
  cypress headlesschrome headlessedg htmlunit phantomjs playwright puppeteer selenium slimerjs splash
  webdriver
`)

/** Tools and libraries by which programs ask, tools of attackers among them. */
export const scripts = named(`
  aiohttp apache-httpclient axios bun curl deno faraday fasthttp feroxbuster ffuf go-http-client
  gobuster got guzzlehttp httpclient httpie httpx hydra hyper insomnia jakarta java java-http-client k6
  libcurl libwww-perl lwp-request masscan mechanize nikto nmap node node-fetch node.js nuclei perl php
  postmanruntime powershell pycurl python python-httpx python-requests python-urllib python-urllib3 reqwest
  rest-client restsharp ruby scrapy sqlmap superagent symfony typhoeus undici urllib urllib3 wfuzz wget
  windowspowershell winhttp zgrab
`)

/** Libraries by which the applications of telephones ask, where these do not name themselves. */
export const apps = named(`
  alamofire cfnetwork dalvik dart nsurlconnection okhttp
`)
