import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { signed } from '../../../../main/adapters/catalogs/files/s3-sign.ts'

// The examples that AWS publishes: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
const keys = { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', region: 'us-east-1' }
const now = new Date('2013-05-24T00:00:00Z')
const sum = (text: string) => createHash('sha256').update(text).digest('hex')
const signature = (method: string, address: string, body = '', headers: Record<string, string> = {}) =>
  signed({ method, url: new URL(address), payload: sum(body), headers }, keys, now)['authorization']?.split('Signature=')[1]

describe('S3 signatures', () => {
  it('are those of the published examples', () => {
    const at = 'https://examplebucket.s3.amazonaws.com'
    expect([
      signature('GET', `${at}/test.txt`, '', { range: 'bytes=0-9' }),
      signature('PUT', `${at}/test%24file.text`, 'Welcome to Amazon S3.', {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      }),
      signature('GET', `${at}/?lifecycle`),
      signature('GET', `${at}/?max-keys=2&prefix=J`),
    ]).toEqual([
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ])
  })
})
